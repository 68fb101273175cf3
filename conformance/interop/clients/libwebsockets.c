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

#include "../lib/checks.h"

// A check that takes longer has hung.
#define LIMIT_US (30 * LWS_US_PER_SEC)

// Whether compression was agreed on, on the first connection.
static bool deflate;

// The check that runs.
static struct {
  struct check *check;
  size_t sent;
  size_t fragment;
  size_t came_back;
  char *arrived;
  size_t arrived_len;
  char fault[160];
  bool ended;
} now;

static void fail(const char *why) {
  if (!now.fault[0]) snprintf(now.fault, sizeof now.fault, "%s", why);
}

// Sends an item, or the next fragment of it; negative where the connection failed.
static int send_next(struct lws *wsi) {
  static const size_t CUTS[] = {0, 6, 6, 500000, SIZE_MAX};
  static const int KINDS[] = {LWS_WRITE_TEXT, LWS_WRITE_BINARY, LWS_WRITE_TEXT, LWS_WRITE_PING};
  struct item *item = &now.check->items[now.sent];
  size_t from = 0, to = item->len;
  int kind = KINDS[item->kind];
  if (item->kind == FRAGMENTS) {
    from = CUTS[now.fragment];
    if (CUTS[now.fragment + 1] < to) to = CUTS[now.fragment + 1];
    if (now.fragment++) kind = LWS_WRITE_CONTINUATION;
    if (to < item->len) kind |= LWS_WRITE_NO_FIN;
  }
  now.sent += to == item->len;
  // libwebsockets masks in place, and what is sent is compared later.
  unsigned char *block = reserve(LWS_PRE + to - from);
  memcpy(block + LWS_PRE, item->data + from, to - from);
  int written = lws_write(wsi, block + LWS_PRE, to - from, (enum lws_write_protocol)kind);
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
  else if (memcmp(now.arrived, item->data, item->len)) fail("other octets came back");
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
  struct check *checks[CHECKS_MAX];
  size_t count = list_checks(checks);

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
  for (size_t at = 0; at < count; at++)
    if (!deflate || !checks[at]->uncompressed) run(context, info, checks[at]);
  lws_context_destroy(context);
  return 0;
}
