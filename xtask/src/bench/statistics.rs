//! Medians, and how sure they are.

/// A median with the interval that holds the true one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) median: f64,
    /// The ends of the 95% interval, where there are enough values for one.
    pub(crate) interval: Option<(f64, f64)>,
}

/// The median of `values` and its 95% interval from order statistics: it assumes nothing about the
/// distribution, which for timings on a shared machine is all that may be assumed. Fewer than six
/// values have no such interval.
///
/// Invariant of the callers: there is a value, and none is NaN.
pub(crate) fn estimate(values: &[f64]) -> Estimate {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let outside = outside(sorted.len());
    let interval = (outside > 0).then(|| (sorted[outside - 1], sorted[sorted.len() - outside]));
    Estimate {
        median: median_of_sorted(&sorted),
        interval,
    }
}

/// The median of `values`; NaN when there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    median_of_sorted(&sorted)
}

fn median_of_sorted(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The largest k for which the interval from the k-th smallest to the k-th largest of `count`
/// values misses the true median with a probability of at most 5%; 0 when there is none.
///
/// Each value is above the true median with probability 1/2, so the interval misses it when fewer
/// than k values are below it, or fewer than k above.
fn outside(count: usize) -> usize {
    let mut ways = 1.0_f64;
    let mut missed = 0.0;
    let mut outside = 0;
    // Powers of two are exact far beyond any number of rounds.
    let all = 2.0_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
    while outside < count / 2 {
        missed += 2.0 * ways / all;
        if missed > 0.05 {
            break;
        }
        ways *= as_f64(count - outside) / as_f64(outside + 1);
        outside += 1;
    }
    outside
}

#[expect(clippy::cast_precision_loss, reason = "counts of rounds are small")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::{estimate, median, outside};

    #[test]
    fn median_is_the_middle_or_between_the_two() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn ranks_are_those_of_the_sign_test_table() {
        for (count, rank) in [
            (5, 0),
            (6, 1),
            (8, 1),
            (9, 2),
            (15, 4),
            (20, 6),
            (25, 8),
            (50, 18),
        ] {
            assert_eq!(outside(count), rank, "of {count}");
        }
    }

    #[test]
    fn interval_of_fifteen_runs_from_the_fourth_to_the_twelfth() {
        let values: Vec<f64> = (1..=15).rev().map(f64::from).collect();
        let estimate = estimate(&values);
        assert_eq!(estimate.interval, Some((4.0, 12.0)));
        assert!((estimate.median - 8.0).abs() < 1e-12);
    }

    #[test]
    fn few_values_have_a_median_and_no_interval() {
        assert_eq!(estimate(&[1.0, 2.0, 3.0]).interval, None);
    }

    #[test]
    fn one_wild_value_moves_nothing() {
        let mut values = vec![1.0; 14];
        values.push(1000.0);
        assert_eq!(estimate(&values).interval, Some((1.0, 1.0)));
    }
}
