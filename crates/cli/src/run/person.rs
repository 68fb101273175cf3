//! Who types into a page: the lines of standard input. Owns the thread that waits for them, as
//! reading a terminal cannot be cancelled. Gives no line a meaning.

use sockeye_js::Input;

use crate::lines::read_line;
use crate::output::complain;

/// The input of a page, which reads nothing before the page wants a line. `lost` is called if it
/// cannot be read to its end.
pub(super) fn input(lost: impl FnOnce() + Send + 'static) -> Input {
    Input::new(|feeder| {
        // It ends with the process, if the input does not end before.
        std::thread::spawn(move || {
            let mut stdin = std::io::stdin().lock();
            loop {
                match read_line(&mut stdin) {
                    Ok(Some(line)) => {
                        if !feeder.push(line) {
                            return;
                        }
                    }
                    Ok(None) => return,
                    Err(error) => {
                        lost();
                        return complain(format_args!("the input ends: {error}"));
                    }
                }
            }
        });
    })
}
