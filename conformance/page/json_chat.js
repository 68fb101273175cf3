// A chat whose messages are JSON objects of several types; what people say is written into a frame.
var chat = new WebSocket("ws://chat.example/chat", ["json"]);
var ownId = "";

function sendName() {
  chat.send(JSON.stringify({ type: "username", id: ownId, name: "ann", date: Date.now() }));
}

function sendLine() {
  var message = {
    type: "message",
    text: document.getElementById("text").value,
    id: ownId,
    date: Date.now(),
  };
  chat.send(JSON.stringify(message));
  document.getElementById("text").value = "";
}

chat.onmessage = function (event) {
  var page = document.getElementById("chatbox").contentDocument;
  var text = "";
  var message = JSON.parse(event.data);
  var time = new Date(message.date).toLocaleTimeString();
  var hasTime = time.length > 0;

  switch (message.type) {
    case "id":
      ownId = message.id;
      sendName();
      break;
    case "username":
      text = "<b>User <em>" + message.name + "</em> signed in</b><br>";
      break;
    case "message":
      text = "(" + hasTime + ") <b>" + message.name + "</b>: " + message.text + "<br>";
      break;
    case "rejectusername":
      text = "<b>Your name is <em>" + message.name + "</em> now, yours is in use.</b><br>";
      break;
    case "userlist":
      var list = "";
      for (var i = 0; i < message.users.length; i++) list += message.users[i] + "<br>";
      document.getElementById("userlistbox").innerHTML = list;
      break;
  }

  if (text.length) {
    page.write(text);
    document.getElementById("chatbox").contentWindow.scrollByPages(1);
  }
};

document.forms.chat.onsubmit = function () {
  sendLine();
  return false;
};
document.getElementById("leave").onclick = function () { chat.close(); };
