// libwebsockets off|deflate [CERT KEY]: an echo server on libwebsockets, for a client under test.
//
// Prints `listening on ADDRESS:PORT`, and of every connection `closed PATH CODE REASON` with tabs
// between. /goodbye is closed at its first message, /refuse is refused. It ends with its standard
// input. What answers its own close libwebsockets keeps to itself: CODE is then `unseen`.

#include <libwebsockets.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A connection. `message` has LWS_PRE bytes in front that belong to libwebsockets.
struct session {
  char path[32];
  char closed[160];
  unsigned char *message;
  size_t len;
  size_t size;
  int binary;
};

static void take(struct lws *wsi, struct session *session, const void *part, size_t len) {
  if (lws_is_first_fragment(wsi)) session->binary = lws_frame_is_binary(wsi);
  size_t needed = LWS_PRE + session->len + len;
  if (needed > session->size) {
    session->size = needed * 2;
    session->message = realloc(session->message, session->size);
    if (!session->message) abort();
  }
  memcpy(session->message + LWS_PRE + session->len, part, len);
  session->len += len;
  if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi)) {
    // The next message waits until this one is on its way back.
    lws_rx_flow_control(wsi, 0);
    lws_callback_on_writable(wsi);
  }
}

static int give_back(struct lws *wsi, struct session *session) {
  // Also called when there is nothing to give back.
  if (!session->message) return 0;
  if (!strcmp(session->path, "/goodbye")) {
    lws_close_reason(wsi, 3001, (unsigned char *)"enough", 6);
    return -1;
  }
  enum lws_write_protocol kind = session->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
  int written = lws_write(wsi, session->message + LWS_PRE, session->len, kind);
  free(session->message);
  session->message = NULL;
  session->len = session->size = 0;
  lws_rx_flow_control(wsi, 1);
  return written < 0 ? -1 : 0;
}

static void note_close(struct session *session, const unsigned char *payload, size_t len) {
  int code = len < 2 ? 1005 : payload[0] << 8 | payload[1];
  int reason_len = len < 2 ? 0 : (int)(len - 2);
  const char *reason = reason_len ? (const char *)payload + 2 : "";
  snprintf(session->closed, sizeof session->closed, "%d\t%.*s", code, reason_len, reason);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons event, void *user, void *in,
                    size_t len) {
  struct session *session = user;
  switch (event) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: {
      char path[32] = "";
      lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI);
      if (strcmp(path, "/refuse")) return 0;
      return lws_return_http_status(wsi, HTTP_STATUS_FORBIDDEN, "no") ? -1 : 1;
    }
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
      lws_hdr_copy(wsi, session->path, sizeof session->path, WSI_TOKEN_GET_URI);
      strcpy(session->closed, "unseen\t");
      return 0;
    case LWS_CALLBACK_RECEIVE:
      take(wsi, session, in, len);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return give_back(wsi, session);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      note_close(session, in, len);
      return 0;
    case LWS_CALLBACK_CLOSED:
      printf("closed\t%s\t%s\n", session->path, session->closed);
      free(session->message);
      return 0;
    default:
      return lws_callback_http_dummy(wsi, event, user, in, len);
  }
}

static const struct lws_protocols PROTOCOLS[] = {
    {"echo", on_event, sizeof(struct session), 64 << 10, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_extension EXTENSIONS[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
    {NULL, NULL, NULL},
};

// Ends the program when its standard input ends.
static void *watch_input(void *unused) {
  while (getchar() != EOF) {
  }
  _exit(0);
  return unused;
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  lws_set_log_level(0, NULL);
  struct lws_context_creation_info info = {
      .iface = "127.0.0.1",
      .port = 0,
      .protocols = PROTOCOLS,
      .extensions = argc > 1 && !strcmp(argv[1], "deflate") ? EXTENSIONS : NULL,
      .options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
  };
  if (argc > 3) {
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = argv[2];
    info.ssl_private_key_filepath = argv[3];
  }
  struct lws_context *context = lws_create_context(&info);
  struct lws_vhost *vhost = context ? lws_create_vhost(context, &info) : NULL;
  if (!vhost) return 1;
  printf("listening on 127.0.0.1:%d\n", lws_get_vhost_listen_port(vhost));
  pthread_t watcher;
  if (pthread_create(&watcher, NULL, watch_input, NULL)) return 1;
  while (lws_service(context, 0) >= 0) {
  }
  return 1;
}
