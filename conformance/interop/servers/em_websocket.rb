# em_websocket.rb off [CERT KEY]: an echo server on em-websocket, for a client under test. It has no
# compression.
#
# Prints `listening on ADDRESS:PORT`, and of every connection `closed PATH CODE REASON` with tabs
# between. /goodbye is closed at once. It ends with its standard input.

require "em-websocket"

HOST = "127.0.0.1"
_, certificate, key = ARGV

# Ends the program when its standard input ends.
class Input < EventMachine::Connection
  def unbind
    EventMachine.stop
  end
end

def echo(socket)
  path = nil
  socket.onopen do |handshake|
    path = handshake.path
    socket.close(3001, "enough") if path == "/goodbye"
  end
  # What crosses our own close is dropped.
  socket.onmessage { |text| socket.send_text(text) unless path == "/goodbye" }
  socket.onbinary { |binary| socket.send_binary(binary) unless path == "/goodbye" }
  socket.onclose { |info| puts ["closed", path, info[:code], info[:reason]].join("\t") if path }
  # A client that does not trust us.
  socket.onerror { |_error| }
end

$stdout.sync = true
EventMachine.run do
  options = { host: HOST, port: 0 }
  if certificate
    tls = { cert_chain_file: certificate, private_key_file: key }
    options.update(secure: true, tls_options: tls)
  end
  server = EventMachine::WebSocket.run(options) { |socket| echo(socket) }
  port, = Socket.unpack_sockaddr_in(EventMachine.get_sockname(server))
  puts "listening on #{HOST}:#{port}"
  EventMachine.attach($stdin, Input)
end
