// Tasks of the page itself, in their order. Owns the queue; when one runs is the host's business.
(host, internal) => {
  "use strict";

  // A list whose last one is known: scripts may change what collections do.
  let first = null;
  let last = null;

  internal.queueTask = (run) => {
    const task = { run, next: null };
    if (first === null) first = task;
    else last.next = task;
    last = task;
    host.queueTask();
  };

  internal.task = () => {
    const { run } = first;
    first = first.next;
    run();
  };
}
