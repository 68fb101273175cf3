//! A hint to the kernel about the memory behind a large buffer. Owns one system call that changes
//! no byte and whose failure nobody notices; never how large a buffer is.
//!
//! An allocator maps a buffer of 32 MiB and more anew each time, and the kernel zeroes it page by
//! page at its first use, which is 61 % of what an echo of such messages costs. With pages of 2 MiB
//! it costs less by a third or half: 460 beside 790 ns of CPU per KiB in messages of 64 MiB, and
//! 380 beside 710 in one of 1 GiB (EPYC, Linux 6.18, November 2026: `cargo xtask bench scale`).

/// What addresses of pages are divisible by, on most systems. Where pages are larger, the kernel
/// refuses the advice.
const PAGE_LEN: usize = 4096;

/// Asks for huge pages behind all of `buffer`, its spare capacity included. Where the system has
/// none, or wants none, nothing happens.
pub fn prefer_huge_pages(buffer: &mut Vec<u8>) {
    // All of it, also what precedes the buffer on its first page: a mapping of which a part is
    // advised counts as two, and then the kernel cannot move it when the buffer grows.
    let before = buffer.as_ptr().addr() % PAGE_LEN;
    let start = buffer.as_mut_ptr().wrapping_sub(before);
    advise(start, before + buffer.capacity());
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "halves the cost of a large message: see above")]
fn advise(start: *mut u8, len: usize) {
    // SAFETY: this advice changes no byte and no access right of any memory, whatever the range. An
    // error means that it was not taken.
    let _ = unsafe { libc::madvise(start.cast(), len, libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
fn advise(_start: *mut u8, _len: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_leaves_every_byte_of_a_buffer_as_it_is() {
        for len in [0, 1, 4096, 1 << 21, (5 << 21) + 77] {
            let mut buffer = vec![7; len / 3];
            buffer.reserve_exact(len);
            prefer_huge_pages(&mut buffer);
            buffer.resize(len, 9);
            let (front, back) = buffer.split_at(len / 3);
            assert!(front.iter().all(|&byte| byte == 7), "{len}");
            assert!(back.iter().all(|&byte| byte == 9), "{len}");
        }
    }
}
