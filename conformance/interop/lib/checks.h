// What a client in C does with an echo server. Only what is sent is here, not how.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX 100

enum kind { TEXT, BINARY, FRAGMENTS, PING };

struct item {
  enum kind kind;
  unsigned char *data;
  size_t len;
};

struct check {
  const char *name;
  const char *path;
  // All is sent before the first item is looked at.
  bool burst;
  // A server may send some of it back as it is, although compression was agreed on.
  bool uncompressed;
  const char *subprotocols;
  int code;
  const char *reason;
  struct item items[ITEMS_MAX];
  size_t count;
};

#define CHECKS_MAX 9

static void *reserve(size_t len) {
  void *block = malloc(len + 1);
  if (!block) abort();
  return block;
}

static void add(struct check *check, enum kind kind, const void *data, size_t len) {
  struct item *item = &check->items[check->count++];
  item->kind = kind;
  item->len = len;
  item->data = reserve(len);
  memcpy(item->data, data, len);
}

static void add_text(struct check *check, enum kind kind, const char *text) {
  add(check, kind, text, strlen(text));
}

// `part`, `times` times, with `head` before it.
static void add_repeated(struct check *check, enum kind kind, const char *head, const char *part,
                         size_t times) {
  size_t head_len = strlen(head), part_len = strlen(part);
  char *whole = reserve(head_len + part_len * times);
  memcpy(whole, head, head_len);
  for (size_t at = 0; at < times; at++) memcpy(whole + head_len + at * part_len, part, part_len);
  add(check, kind, whole, head_len + part_len * times);
  free(whole);
}

static void add_octets(struct check *check, size_t len) {
  unsigned char *octets = reserve(len);
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

// Fills `checks` in the order in which they run; gives how many there are.
static size_t list_checks(struct check **checks) {
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
  struct check *all[CHECKS_MAX] = {&equal, &text, &long_text, &binary,     &burst,
                                   &parts, &ping, &closing,   &subprotocol};
  memcpy(checks, all, sizeof all);
  return CHECKS_MAX;
}
