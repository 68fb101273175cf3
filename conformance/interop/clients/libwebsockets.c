// libwebsockets URL: libwebsockets as a client of an echo server under test.
//
// A check is a list of items, each of which must come back as it was sent: one after the other, or
// all sent before the first one is looked at.
//
// Once compression is agreed on, libwebsockets 4.1 delivers a message that came uncompressed, and a
// Pong, again and again without end (its issues 2371 and 2794). What a server may send so is left
// out then, and so are fragments, which its own compression puts together wrongly.

#include <libwebsockets.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A check that takes longer has hung.
#define LIMIT_US (30 * LWS_US_PER_SEC)

#define ITEMS_MAX 100

enum kind { TEXT, BINARY, FRAGMENTS, PING };

// The first LWS_PRE bytes of `block` belong to libwebsockets.
struct item {
  enum kind kind;
  unsigned char *block;
  size_t len;
};

struct check {
  const char *name;
  const char *path;
  bool burst;
  bool uncompressed;
  const char *subprotocols;
  int code;
  const char *reason;
  struct item items[ITEMS_MAX];
  size_t count;
};

// Whether compression was agreed on, on the first connection.
static bool deflate;

// The check that runs.
static struct {
  struct check *check;
  size_t sent;
  size_t sent_of_item;
  size_t came_back;
  char *arrived;
  size_t arrived_len;
  char fault[160];
  bool ended;
} now;

static void fail(const char *why) {
  if (!now.fault[0]) snprintf(now.fault, sizeof now.fault, "%s", why);
}

static void add(struct check *check, enum kind kind, const void *data, size_t len) {
  struct item *item = &check->items[check->count++];
  item->kind = kind;
  item->len = len;
  item->block = malloc(LWS_PRE + len + 1);
  if (!item->block) abort();
  memcpy(item->block + LWS_PRE, data, len);
}

static void add_text(struct check *check, enum kind kind, const char *text) {
  add(check, kind, text, strlen(text));
}

// `part`, `times` times, with `head` before it.
static void add_repeated(struct check *check, enum kind kind, const char *head, const char *part,
                         size_t times) {
  size_t head_len = strlen(head), part_len = strlen(part);
  char *whole = malloc(head_len + part_len * times + 1);
  if (!whole) abort();
  memcpy(whole, head, head_len);
  for (size_t at = 0; at < times; at++) memcpy(whole + head_len + at * part_len, part, part_len);
  add(check, kind, whole, head_len + part_len * times);
  free(whole);
}

static void add_octets(struct check *check, size_t len) {
  unsigned char *octets = malloc(len + 1);
  if (!octets) abort();
  for (size_t at = 0; at < len; at++) octets[at] = (unsigned char)at;
  add(check, BINARY, octets, len);
  free(octets);
}

// Text that only repeating makes shorter than three quarters.
static void add_noise(struct check *check) {
  static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  char text[2048];
  uint32_t state = 1;
  for (size_t at = 0; at < sizeof text; at++) {
    state = state * 1103515245u + 12345u;
    text[at] = LETTERS[state >> 26];
  }
  for (int nth = 0; nth < 3; nth++) add(check, TEXT, text, sizeof text);
}

static void add_burst(struct check *check) {
  // Around each limit of the length field, and more than one read can hold.
  static const size_t LENGTHS[] = {0, 1, 125, 126, 127, 1000, 65535, 65536, 3, 70000};
  for (size_t at = 0; at < ITEMS_MAX; at++) {
    char head[8];
    snprintf(head, sizeof head, "%zu:", at % 10);
    add_repeated(check, TEXT, head, "x", LENGTHS[at / 10]);
  }
}

// Sends an item, or the next fragment of it; negative where the connection failed.
static int send_next(struct lws *wsi) {
  static const size_t CUTS[] = {0, 7, 7, 500000, SIZE_MAX};
  struct item *item = &now.check->items[now.sent];
  unsigned char *data = item->block + LWS_PRE;
  if (item->kind == FRAGMENTS) {
    size_t from = CUTS[now.sent_of_item], to = CUTS[now.sent_of_item + 1];
    bool last = to > item->len;
    int kind = from ? LWS_WRITE_CONTINUATION : LWS_WRITE_TEXT;
    if (now.sent_of_item) kind = LWS_WRITE_CONTINUATION;
    if (!last) kind |= LWS_WRITE_NO_FIN;
    now.sent_of_item = last ? 0 : now.sent_of_item + 1;
    now.sent += last;
    // What is in front of a later fragment was sent already, and may be written over.
    unsigned char *block = malloc(LWS_PRE + item->len);
    if (!block) abort();
    size_t len = (last ? item->len : to) - from;
    memcpy(block + LWS_PRE, data + from, len);
    int written = lws_write(wsi, block + LWS_PRE, len, (enum lws_write_protocol)kind);
    free(block);
    return written;
  }
  static const enum lws_write_protocol KINDS[] = {
      [TEXT] = LWS_WRITE_TEXT, [BINARY] = LWS_WRITE_BINARY, [PING] = LWS_WRITE_PING};
  // libwebsockets masks in place, and what is sent is compared later.
  unsigned char *block = malloc(LWS_PRE + item->len + 1);
  if (!block) abort();
  memcpy(block + LWS_PRE, data, item->len);
  now.sent++;
  int written = lws_write(wsi, block + LWS_PRE, item->len, KINDS[item->kind]);
  free(block);
  return written;
}

static int on_writable(struct lws *wsi) {
  struct check *check = now.check;
  if (now.came_back == check->count || now.fault[0]) {
    size_t len = strlen(check->reason);
    lws_close_reason(wsi, (enum lws_close_status)check->code, (unsigned char *)check->reason, len);
    return -1;
  }
  bool may_send = check->burst || now.sent == now.came_back;
  if (now.sent < check->count && may_send) {
    if (send_next(wsi) < 0) {
      fail("cannot send");
      return -1;
    }
    lws_callback_on_writable(wsi);
  }
  return 0;
}

// Something came back as a whole.
static void compare(struct lws *wsi, bool kind_fits) {
  struct item *item = &now.check->items[now.came_back];
  if (now.came_back >= now.sent) fail("more came back than was sent");
  else if (!kind_fits) fail("something of another kind came back");
  else if (now.arrived_len != item->len) fail("another length came back");
  else if (memcmp(now.arrived, item->block + LWS_PRE, item->len)) fail("other octets came back");
  else now.came_back++;
  now.arrived_len = 0;
  lws_callback_on_writable(wsi);
}

static void take(const void *part, size_t len) {
  now.arrived = realloc(now.arrived, now.arrived_len + len + 1);
  if (!now.arrived) abort();
  memcpy(now.arrived + now.arrived_len, part, len);
  now.arrived_len += len;
}

static void on_response(struct lws *wsi) {
  char value[256] = "";
  if (now.check->subprotocols) {
    lws_hdr_copy(wsi, value, sizeof value, WSI_TOKEN_PROTOCOL);
    if (strcmp(value, "one")) fail("not the first of the offered");
  } else if (!strcmp(now.check->path, "takeover")) {
    lws_hdr_copy(wsi, value, sizeof value, WSI_TOKEN_EXTENSIONS);
    printf("agreed\t%s\n", value);
    deflate = value[0];
  }
}

static int on_event(struct lws *wsi, enum lws_callback_reasons event, void *user, void *in,
                    size_t len) {
  switch (event) {
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
      on_response(wsi);
      return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      lws_callback_on_writable(wsi);
      return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return on_writable(wsi);
    case LWS_CALLBACK_CLIENT_RECEIVE:
      take(in, len);
      if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi)) {
        enum kind kind = now.check->items[now.came_back].kind;
        compare(wsi, kind != PING && (kind == BINARY) == lws_frame_is_binary(wsi));
      }
      return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
      take(in, len);
      compare(wsi, now.check->items[now.came_back].kind == PING);
      return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      fail(in ? in : "cannot connect");
      now.ended = true;
      return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
      if (now.came_back < now.check->count) fail("the connection ended");
      now.ended = true;
      return 0;
    default:
      return lws_callback_http_dummy(wsi, event, user, in, len);
  }
}

static const struct lws_protocols PROTOCOLS[] = {
    {"echo", on_event, 0, 64 << 10, 0, NULL, 0},
    {"one", on_event, 0, 64 << 10, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_extension EXTENSIONS[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_max_window_bits"},
    {NULL, NULL, NULL},
};

static void run(struct lws_context *context, struct lws_client_connect_info info,
                struct check *check) {
  memset(&now, 0, sizeof now);
  now.check = check;
  char path[64];
  snprintf(path, sizeof path, "/%s", check->path);
  info.path = path;
  info.protocol = check->subprotocols;
  lws_usec_t end = lws_now_usecs() + LIMIT_US;
  if (!lws_client_connect_via_info(&info)) fail("cannot connect");
  while (!now.ended && !(now.fault[0] && !now.sent)) {
    if (lws_now_usecs() > end) {
      fail("hangs");
      break;
    }
    lws_service(context, 0);
  }
  if (now.fault[0]) printf("FAIL\t%s\t%s\n", check->name, now.fault);
  else printf("ok\t%s\n", check->name);
  free(now.arrived);
}

int main(int argc, char **argv) {
#define CHECK(variable, ...) \
  static struct check variable = {__VA_ARGS__, .code = 1000, .reason = "done"}
  CHECK(equal, "equal messages", "takeover");
  add_noise(&equal);
  CHECK(text, "text", "text", .uncompressed = true);
  add_text(&text, TEXT, "The quick brown fox jumps over the lazy dog.");
  add_text(&text, TEXT, "Grüße, κόσμε, 世界, 🦀");
  add_text(&text, TEXT, "");
  CHECK(long_text, "long text", "text");
  add_repeated(&long_text, TEXT, "", "0123456789abcdef", 4096);
  add_repeated(&long_text, TEXT, "", "κόσμε 🦀\n", 65536);
  CHECK(binary, "binary", "binary", .uncompressed = true);
  add_octets(&binary, 256);
  add_octets(&binary, 0);
  add_octets(&binary, 1 << 20);
  CHECK(burst, "burst in order", "burst", .burst = true, .uncompressed = true);
  add_burst(&burst);
  CHECK(parts, "fragments", "fragments", .uncompressed = true);
  add_repeated(&parts, FRAGMENTS, "", "κόσμε 🦀\n", 65536);
  CHECK(ping, "ping", "ping", .uncompressed = true);
  add_text(&ping, PING, "");
  add_text(&ping, PING, "ping");
  add_repeated(&ping, PING, "", "p", 125);
  CHECK(subprotocol, "subprotocols offered", "subprotocol", .subprotocols = "one, two");
  static struct check closing = {"close with code and reason", "close", .code = 4001,
                                 .reason = "enough – genug"};
  struct check *checks[] = {&equal, &text, &long_text, &binary,     &burst,
                            &parts, &ping, &closing,   &subprotocol};

  setvbuf(stdout, NULL, _IOLBF, 0);
  lws_set_log_level(0, NULL);
  struct lws_context_creation_info context_info = {
      .port = CONTEXT_PORT_NO_LISTEN,
      .protocols = PROTOCOLS,
      .extensions = EXTENSIONS,
      .options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_VALIDATE_UTF8,
      .client_ssl_ca_filepath = getenv("SSL_CERT_FILE"),
  };
  struct lws_context *context = lws_create_context(&context_info);
  const char *scheme, *address, *path;
  int port;
  if (!context || argc < 2 || lws_parse_uri(argv[1], &scheme, &address, &port, &path)) return 1;
  struct lws_client_connect_info info = {
      .context = context,
      .address = address,
      .port = port,
      .ssl_connection = strcmp(scheme, "wss") ? 0 : LCCSCF_USE_SSL,
      .host = address,
      .ietf_version_or_minus_one = -1,
      .client_exts = EXTENSIONS,
      .local_protocol_name = "echo",
  };
  for (size_t at = 0; at < sizeof checks / sizeof *checks; at++)
    if (!deflate || !checks[at]->uncompressed) run(context, info, checks[at]);
  lws_context_destroy(context);
  return 0;
}
