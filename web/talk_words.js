// The words of the plain chat, the nickname chat and the greeting, in each language, as in words.js. Owns
// nothing else: no markup, no logic.

export const TALK_WORDS = {
  en: {
    plainPage: "Plain chat - Sockeye",
    plainTitle: "Plain chat",
    plainLead: "Every text goes to everybody as it is; the newest stands on top. The server cuts long ones.",
    textCut: {
      one: "The server will cut off the last character: it keeps {limit}.",
      other: "The server will cut off the last {count} characters: it keeps {limit}.",
    },
    linesLost: {
      one: "{count} message was not delivered. {why}",
      other: "{count} messages were not delivered. {why}",
    },
    lineRefused: "Not sent: {why}.",
    emptyAbove: "No messages yet. Type one above.",
    backBlind: "Connected again. What was said in between is not shown: this chat does not keep it.",

    nickPage: "Nickname chat - Sockeye",
    nickTitle: "Nickname chat",
    nickLead: "Each text goes to everybody, with a nickname in front that nobody checks.",
    nickLabel: "Your nickname",
    nickUse: "Use it",

    nickMissing: "Choose a nickname first.",

    greetingPage: "Greeting - Sockeye",
    greetingTitle: "Greeting",
    greetingLead: "Say your name: the server greets you, and closes the connection after five seconds.",
    greetingEmpty: "Say who you are.",
    greetingIdle: "Not connected yet",
    greetingSentence: "My name is {name}",
    greetingNobody: "The server took that for no name, and greets you as a guest.",
    greetingOpening: "Opening a connection for you…",
    greetingWait: "Now wait: the server says goodbye by itself.",
    greetingDone: "The server said goodbye, as it should. You can say another name.",
    greetingBroken: "The connection ended before the goodbye.",
  },
  ru: {
    plainPage: "Простой чат - Sockeye",
    plainTitle: "Простой чат",
    plainLead: "Каждый текст получают все, как он есть; новые сверху. Длинные сервер обрезает.",
    textCut: {
      one: "Сервер обрежет последний {count} символ: он оставляет {limit}.",
      few: "Сервер обрежет последние {count} символа: он оставляет {limit}.",
      many: "Сервер обрежет последние {count} символов: он оставляет {limit}.",
      other: "Сервер обрежет последние {count} символа: он оставляет {limit}.",
    },
    linesLost: {
      one: "Не доставлено {count} сообщение. {why}",
      few: "Не доставлены {count} сообщения. {why}",
      many: "Не доставлено {count} сообщений. {why}",
      other: "Не доставлено {count} сообщения. {why}",
    },
    lineRefused: "Не отправлено: {why}.",
    emptyAbove: "Сообщений пока нет. Напишите первое.",
    backBlind: "Связь восстановлена. Сказанного за это время здесь нет: этот чат его не хранит.",

    nickPage: "Чат с псевдонимами - Sockeye",
    nickTitle: "Чат с псевдонимами",
    nickLead: "Каждый текст получают все; перед ним псевдоним, который никто не проверяет.",
    nickLabel: "Ваш псевдоним",
    nickUse: "Взять",

    nickMissing: "Сначала выберите псевдоним.",

    greetingPage: "Приветствие - Sockeye",
    greetingTitle: "Приветствие",
    greetingLead: "Назовите себя: сервер поздоровается и через пять секунд закроет соединение.",
    greetingEmpty: "Скажите, кто вы.",
    greetingIdle: "Соединения пока нет",
    greetingSentence: "Меня зовут {name}",
    greetingNobody: "Сервер не принял это за имя и здоровается с вами как с гостем.",
    greetingOpening: "Для вас открывается соединение…",
    greetingWait: "Теперь подождите: сервер попрощается сам.",
    greetingDone: "Сервер попрощался, как и должен. Можно назвать другое имя.",
    greetingBroken: "Соединение прервалось раньше прощания.",
  },
};
