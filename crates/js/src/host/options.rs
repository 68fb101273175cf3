//! What a page is given by whoever runs it. Owns the defaults. Opens nothing.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use sockeye::web::Options;

use crate::input::Input;
use crate::level::Level;
use crate::limits::MEMORY_LEN_MAX;
use crate::stop::Stop;
use crate::watch::Watch;

/// Takes a line that a page writes.
type Print = Box<dyn Fn(Level, &str)>;

/// What a page is given.
pub struct PageOptions {
    /// Its base URL and origin, what its sockets may do, and how they reach servers. Its log is not
    /// used: those lines are printed.
    pub web: Options,
    /// How long it may run, endless loops included. Default: for ever.
    pub time_limit: Option<Duration>,
    /// What ends it before its time, for itself alone. At either end its servers get a Close with
    /// 1001, and up to [`PARTING_MS_MAX`](crate::limits::PARTING_MS_MAX) for the answer. Default:
    /// nothing does.
    pub stop: Option<Stop>,
    /// Whether its scripts can call `gc()`, which lets go of all that nothing refers to. Default:
    /// no.
    pub exposes_gc: bool,
    /// Memory of its engine, in bytes. Default [`MEMORY_LEN_MAX`].
    pub memory_len_max: usize,
    /// The page's `name`. Default: empty.
    pub name: String,
    /// Who hears of what its sockets do. Default: nobody.
    pub watch: Option<Watch>,
    /// What a person types: answers of `prompt`, and lines for the first text input. Default:
    /// nobody is there.
    pub input: Option<Input>,
    /// The id of the element that is clicked at the end of the input. Default: none.
    pub click_at_end: Option<String>,
    /// What scripts see as `scriptArgs`. Default: nothing.
    pub args: Vec<String>,
    /// Where imports and workers may come from, and whatever is below it. Default: there are none.
    pub module_directory: Option<PathBuf>,
    pub(super) print: Print,
}

impl PageOptions {
    /// The defaults, with `print` called for each line that is written.
    pub fn new(print: impl Fn(Level, &str) + 'static) -> Self {
        Self {
            web: Options::default(),
            time_limit: None,
            stop: None,
            exposes_gc: false,
            memory_len_max: MEMORY_LEN_MAX,
            name: String::new(),
            watch: None,
            input: None,
            click_at_end: None,
            args: Vec::new(),
            module_directory: None,
            print: Box::new(print),
        }
    }
}

impl fmt::Debug for PageOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PageOptions")
            .field("web", &self.web)
            .finish_non_exhaustive()
    }
}
