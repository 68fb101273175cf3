// Jetty.java URL: Jetty as a client of an echo server under test.

import java.io.FileInputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.WebSocketListener;
import org.eclipse.jetty.websocket.api.WebSocketPingPongListener;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

public class Jetty {
  // A check that takes longer has hung.
  static final int LIMIT_S = 30;
  static final int MESSAGE_LEN_MAX = 64 << 20;
  static final String[] TEXTS = {
    "The quick brown fox jumps over the lazy dog.",
    "Grüße, κόσμε, 世界, 🦀",
    "",
    "0123456789abcdef".repeat(4096),
    // 16 bytes a line, in characters of 1, 2 and 4 bytes.
    "κόσμε 🦀\n".repeat(65536),
  };
  // Around each limit of the length field, and more than one read can hold.
  static final int[] BURST_LENGTHS = {0, 1, 125, 126, 127, 1000, 65535, 65536, 3, 70_000};

  interface Body {
    void run(Connection connection) throws Exception;
  }

  static WebSocketClient client;
  static String url;

  public static void main(String[] args) throws Exception {
    System.setProperty("org.eclipse.jetty.util.log.class", "org.eclipse.jetty.util.log.StdErrLog");
    System.setProperty("org.eclipse.jetty.LEVEL", "OFF");
    System.setProperty("org.eclipse.jetty.util.log.announce", "false");
    url = args[0];
    client = new WebSocketClient(new HttpClient(trust(System.getenv("SSL_CERT_FILE"))));
    client.getPolicy().setMaxTextMessageSize(MESSAGE_LEN_MAX);
    client.getPolicy().setMaxBinaryMessageSize(MESSAGE_LEN_MAX);
    client.start();
    check("text", "/text", Jetty::text);
    check("binary", "/binary", Jetty::binary);
    check("burst in order", "/burst", Jetty::burst);
    check("equal messages", "/takeover", Jetty::equalMessages);
    check("fragments", "/fragments", Jetty::fragments);
    check("ping", "/ping", Jetty::ping);
    check("close with code and reason", "/close", it -> it.close(4001, "enough – genug"));
    check("subprotocols offered", "/subprotocol", Jetty::subprotocols);
    System.exit(0);
  }

  static void text(Connection connection) throws Exception {
    for (String text : TEXTS) {
      connection.session.getRemote().sendString(text);
      equal("text", connection.next(), text);
    }
  }

  static void binary(Connection connection) throws Exception {
    for (int len : new int[] {256, 0, 1 << 20}) {
      byte[] octets = new byte[len];
      for (int at = 0; at < len; at++) octets[at] = (byte) at;
      // Jetty masks what it is given in its place.
      connection.session.getRemote().sendBytes(ByteBuffer.wrap(octets.clone()));
      equal("octets", Arrays.equals((byte[]) connection.next(), octets), true);
    }
  }

  static void burst(Connection connection) throws Exception {
    for (int idx = 0; idx < BURST_LENGTHS.length * 10; idx++)
      connection.session.getRemote().sendStringByFuture(burstText(idx));
    for (int idx = 0; idx < BURST_LENGTHS.length * 10; idx++)
      equal("burst", connection.next(), burstText(idx));
  }

  static String burstText(int idx) {
    return idx % 10 + ":" + "x".repeat(BURST_LENGTHS[idx / 10]);
  }

  static void equalMessages(Connection connection) throws Exception {
    String agreed = connection.session.getUpgradeResponse().getHeader("Sec-WebSocket-Extensions");
    say("agreed", agreed == null ? "" : agreed);
    String text = noise(2048);
    for (int nth = 0; nth < 3; nth++) {
      connection.session.getRemote().sendString(text);
      equal("an equal message", connection.next(), text);
    }
  }

  static void fragments(Connection connection) throws Exception {
    String whole = TEXTS[4];
    int[] cuts = {0, 6, 6, 500_000, whole.length()};
    for (int idx = 1; idx < cuts.length; idx++) {
      String part = whole.substring(cuts[idx - 1], cuts[idx]);
      connection.session.getRemote().sendPartialString(part, idx == cuts.length - 1);
    }
    equal("fragments", connection.next(), whole);
  }

  static void ping(Connection connection) throws Exception {
    for (String payload : new String[] {"", "ping", "p".repeat(125)}) {
      byte[] octets = payload.getBytes(StandardCharsets.US_ASCII);
      connection.session.getRemote().sendPing(ByteBuffer.wrap(octets));
      equal("the pong", connection.next(), "pong " + payload);
    }
  }

  static void subprotocols(Connection connection) {
    String agreed = connection.session.getUpgradeResponse().getAcceptedSubProtocol();
    equal("the first of the offered", agreed, "one");
  }

  /** Text that only repeating makes shorter than three quarters. */
  static String noise(int length) {
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    StringBuilder text = new StringBuilder();
    for (int state = 1; text.length() < length; ) {
      state = state * 1103515245 + 12345;
      text.append(letters.charAt(state >>> 26));
    }
    return text.toString();
  }

  static void check(String name, String path, Body body) {
    try {
      Connection connection = new Connection();
      ClientUpgradeRequest request = new ClientUpgradeRequest();
      request.addExtensions("permessage-deflate");
      if (path.equals("/subprotocol")) request.setSubProtocols("one", "two");
      client.connect(connection, URI.create(url + path), request).get(LIMIT_S, TimeUnit.SECONDS);
      body.run(connection);
      if (connection.session.isOpen()) connection.close(1000, "done");
      say("ok", name);
    } catch (Throwable error) {
      // Whatever went wrong fails this check, not the others.
      say("FAIL", name, String.valueOf(error).replaceAll("\\s+", " "));
    }
  }

  static void say(String... fields) {
    System.out.println(String.join("\t", fields));
  }

  static void equal(String what, Object left, Object right) {
    if (left.equals(right)) return;
    throw new AssertionError(String.format("%s is %.60s, not %.60s", what, left, right));
  }

  /** Trusts the authority in `file` and nobody else. */
  static SslContextFactory.Client trust(String file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    store.setCertificateEntry("interop", x509.generateCertificate(new FileInputStream(file)));
    SslContextFactory.Client tls = new SslContextFactory.Client();
    tls.setTrustStore(store);
    return tls;
  }

  /** A connection whose messages, pongs and end wait in order. */
  public static class Connection implements WebSocketListener, WebSocketPingPongListener {
    final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    Session session;

    Object next() throws InterruptedException {
      Object next = arrived.poll(LIMIT_S, TimeUnit.SECONDS);
      if (next == null) throw new AssertionError("hangs");
      return next;
    }

    void close(int code, String reason) throws InterruptedException {
      session.close(code, reason);
      equal("what comes after the close", next(), "closed " + code);
    }

    @Override
    public void onWebSocketConnect(Session session) {
      this.session = session;
    }

    @Override
    public void onWebSocketText(String text) {
      arrived.add(text);
    }

    @Override
    public void onWebSocketBinary(byte[] payload, int offset, int len) {
      arrived.add(Arrays.copyOfRange(payload, offset, offset + len));
    }

    @Override
    public void onWebSocketPing(ByteBuffer payload) {}

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
      arrived.add("pong " + StandardCharsets.US_ASCII.decode(payload));
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
      arrived.add("closed " + code);
    }

    @Override
    public void onWebSocketError(Throwable error) {
      arrived.add("an error: " + error);
    }
  }
}
