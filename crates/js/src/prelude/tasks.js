// Tasks of the page itself, in their order. Owns the queue; when one runs is the host's business.
(host, internal) => {
  "use strict";

  const tasks = new Set();

  internal.queueTask = (run) => {
    tasks.add({ run });
    host.queueTask();
  };

  internal.task = () => {
    const [task] = tasks;
    tasks.delete(task);
    task.run();
  };
}
