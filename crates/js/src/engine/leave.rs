//! How pages leave their engine, and how it ends. Owns that nothing of a page that is over runs any
//! more, and that an engine's own mistakes end no process. Knows no event loop.

use std::mem;
use std::rc::Rc;

use rquickjs::{Context, Runtime};

use super::{Engine, Key, Member, Now};
use crate::host::Host;

/// How many objects and functions an engine has.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Population {
    objects: i64,
    functions: i64,
}

impl Population {
    pub(super) fn of(runtime: &Runtime) -> Self {
        runtime.run_gc();
        let usage = runtime.memory_usage();
        Self {
            objects: usage.obj_count,
            functions: usage.js_func_count,
        }
    }
}

impl Engine {
    /// Takes leave of a page: its connections end, and its jobs are forgotten, which might never
    /// end.
    pub(super) fn retire(&self, key: Key) {
        let mut members = self.members.borrow_mut();
        let Some(at) = members.iter().position(|member| member.key() == key) else {
            return;
        };
        let member = members.swap_remove(at);
        drop(members);
        member.host.end_all();
        self.retired.borrow_mut().push(member);
        // Else when the next page comes or goes; after the last one all goes with the engine.
        let is_last = self.members.borrow().is_empty();
        if self.now.borrow().is_nothing() && !is_last {
            self.collect();
        }
    }

    /// Gives back the memory of pages that are over.
    pub(super) fn collect(&self) {
        let retired = self.retired.take();
        if retired.is_empty() {
            return;
        }
        // What goes may own a page of this engine, which is then left for the next time.
        let _turn = self.begin_turn(Now::Leave);
        // A job does not keep its context: none is to be left, also none that what goes here
        // brings, before the contexts go.
        let hold = |member: &Rc<Member>| (member.context.clone(), Rc::clone(&member.host));
        let held: Vec<(Context, Rc<Host>)> = retired.iter().map(hold).collect();
        drop(retired);
        self.drop_jobs();
        for (_, host) in &held {
            host.end_all();
        }
        drop(held);
        self.runtime.run_gc();
        self.limit_memory(0);
    }

    /// Forgets all jobs: each runs without memory, and so brings no other, and ends at the engine's
    /// first look at the time. Each page runs its own before others do, so they are those of pages
    /// that are over. If garbage was looked for in a page's last moments, there may be some of
    /// others, which run no script: they only tell the prelude of what was collected. Nobody can
    /// count on hearing of that.
    pub(super) fn drop_jobs(&self) {
        if !self.runtime.is_job_pending() {
            return;
        }
        let _turn = self.begin_turn(Now::Leave);
        self.runtime.set_memory_limit(1);
        while self.runtime.is_job_pending() {
            if let Err(failed) = self.runtime.execute_pending_job() {
                failed.0.with(|ctx| drop(ctx.catch()));
            }
        }
        self.limit_memory(0);
    }

    /// Whether there is more than in an engine without pages.
    pub(super) fn has_more_than_its_own(&self) -> bool {
        let now = Population::of(&self.runtime);
        now.objects > self.least.objects || now.functions > self.least.functions
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // The bindings keep the context of an engine's only page: there is nothing to compare with.
        // Such a page has read beforehand what the engine makes wrong.
        if self.own.is_none() {
            return;
        }
        self.collect();
        // What ran out of memory while the engine made it may be held by nobody, and the engine's
        // end would be that of the process. So this one has none; the memory of its pages is back.
        if self.has_more_than_its_own() {
            mem::forget(self.runtime.clone());
        }
    }
}
