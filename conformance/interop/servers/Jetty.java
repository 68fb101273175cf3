// Jetty.java off|deflate [CERT KEY]: an echo server on Jetty, for a client under test.
//
// Prints `listening on ADDRESS:PORT`, and of every connection `closed PATH CODE REASON` with tabs
// between. /goodbye is closed at its first message, /refuse is refused. It ends with its standard input.

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.WebSocketListener;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.ServletUpgradeRequest;
import org.eclipse.jetty.websocket.servlet.ServletUpgradeResponse;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

public class Jetty {
  static final int MESSAGE_LEN_MAX = 64 << 20;
  static final char[] PASSWORD = "of a store in memory".toCharArray();

  public static void main(String[] args) throws Exception {
    // Refused requests are meant to be, and so are clients that do not trust us.
    System.setProperty("org.eclipse.jetty.util.log.class", "org.eclipse.jetty.util.log.StdErrLog");
    System.setProperty("org.eclipse.jetty.LEVEL", "OFF");
    System.setProperty("org.eclipse.jetty.util.log.announce", "false");
    Server server = new Server();
    ServerConnector connector =
        args.length > 1
            ? new ServerConnector(server, tls(Path.of(args[1]), Path.of(args[2])))
            : new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(echo(args[0].equals("deflate")));
    server.start();
    System.out.println("listening on 127.0.0.1:" + connector.getLocalPort());
    System.in.readAllBytes();
    System.exit(0);
  }

  @SuppressWarnings("deprecation")
  static Handler echo(boolean deflate) {
    return new WebSocketHandler() {
      @Override
      public void configure(WebSocketServletFactory factory) {
        factory.getPolicy().setMaxTextMessageSize(MESSAGE_LEN_MAX);
        factory.getPolicy().setMaxBinaryMessageSize(MESSAGE_LEN_MAX);
        if (!deflate) factory.getExtensionFactory().unregister("permessage-deflate");
        factory.setCreator(Jetty::create);
      }
    };
  }

  static Object create(ServletUpgradeRequest request, ServletUpgradeResponse response) {
    String path = request.getRequestURI().getPath();
    if (!path.equals("/refuse")) return new Echo(path);
    try {
      response.sendForbidden("no");
    } catch (IOException error) {
      // Who went away needs no refusal.
    }
    return null;
  }

  static class Echo implements WebSocketListener {
    final String path;
    Session session;

    Echo(String path) {
      this.path = path;
    }

    @Override
    public void onWebSocketConnect(Session session) {
      this.session = session;
    }

    @Override
    public void onWebSocketText(String text) {
      try {
        // Not when it connects: Jetty's own end is not open by then.
        if (path.equals("/goodbye")) session.close(3001, "enough");
        else session.getRemote().sendString(text);
      } catch (IOException error) {
        session.close();
      }
    }

    @Override
    public void onWebSocketBinary(byte[] payload, int offset, int len) {
      try {
        session.getRemote().sendBytes(ByteBuffer.wrap(payload, offset, len));
      } catch (IOException error) {
        session.close();
      }
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
      String said = reason == null ? "" : reason;
      System.out.println(String.join("\t", "closed", path, String.valueOf(code), said));
    }

    @Override
    public void onWebSocketError(Throwable error) {}
  }

  /** TLS with a certificate and its key, an elliptic curve's, in PEM. */
  static SslContextFactory.Server tls(Path certificate, Path key) throws Exception {
    String pem = Files.readString(key).replaceAll("-----[A-Z ]*-----|\\s", "");
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
    PrivateKey privateKey = KeyFactory.getInstance("EC").generatePrivate(spec);
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    Certificate[] chain = {x509.generateCertificate(Files.newInputStream(certificate))};
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", privateKey, PASSWORD, chain);
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(store);
    tls.setKeyStorePassword(new String(PASSWORD));
    return tls;
  }
}
