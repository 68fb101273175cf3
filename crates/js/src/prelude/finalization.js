// The callbacks of FinalizationRegistry, which are tasks of their page, as the HTML standard has
// it. The engine's are jobs, and come while any page that shares the engine runs. Owns when they
// are called; the engine has the rest.
(host, internal) => {
  "use strict";

  internal.bring("tasks");
  const { queueTask, call } = internal;

  internal.finalization = (callback) => (held) => {
    queueTask(() => {
      try {
        call(callback, undefined, held);
      } catch (error) {
        internal.report(error, callback);
      }
    });
  };
}
