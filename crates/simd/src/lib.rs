//! Masking and UTF-8 validation on slices, at the speed of memory.
//!
//! The only crate of the workspace that may hold `unsafe`, and it holds nine blocks of it: one in
//! [`to_str`], six in `wide`, one each in `pages` and `prefetch`, each with what it gains.
//! Everything here is a pure function of its arguments or, for [`Utf8Validator`], of the bytes
//! pushed so far, but for the hints of [`prefer_huge_pages`] and [`prefetch`]; nothing allocates,
//! panics or knows what a frame is. Each fast routine has a byte-wise twin in [`naive`], against
//! which tests and fuzzers compare it.
//!
//! | module | owns | standard |
//! |---|---|---|
//! | `mask` | XOR with the masking key | RFC 6455 §5.3 |
//! | `utf8` | whole slices | RFC 3629, RFC 6455 §8.1 |
//! | `validator` | text that arrives in pieces | RFC 3629, RFC 6455 §8.1 |
//! | `ascii` | the test that texts share | |
//! | `wide` | vectors that not every processor has | |
//! | `words` | slices as 64-bit words | |
//! | `pages` | a hint on the memory behind a large buffer | |
//! | `prefetch` | a hint on a value that is used soon | |
//! | `naive` | the twins | both |

mod ascii;
mod mask;
pub mod naive;
mod pages;
mod prefetch;
mod unmask;
mod utf8;
mod validator;
#[cfg(target_arch = "x86_64")]
mod wide;
mod words;

pub use mask::apply_mask;
pub use pages::prefer_huge_pages;
pub use prefetch::prefetch;
pub use unmask::unmask_is_ascii;
pub use utf8::is_utf8;
pub use utf8::to_str;
pub use validator::Utf8Error;
pub use validator::Utf8Validator;
pub use validator::whole_len;
