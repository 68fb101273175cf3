//! Values under small numbers that are used again. Owns which numbers are free.

/// A list with holes, which the next values fill.
#[derive(Debug)]
pub(super) struct Slots<T> {
    slots: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slots<T> {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Takes a value in and gives its number.
    pub(super) fn insert(&mut self, value: T) -> u32 {
        if let Some(index) = self.free.pop() {
            if let Some(slot) = self.slots.get_mut(index as usize) {
                *slot = Some(value);
                return index;
            }
        }
        self.slots.push(Some(value));
        u32::try_from(self.slots.len() - 1).expect("the bounds on what is kept here are below 2^32")
    }

    pub(super) fn get(&self, index: u32) -> Option<&T> {
        self.slots.get(index as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        self.slots.get_mut(index as usize)?.as_mut()
    }

    /// Takes a value out.
    pub(super) fn remove(&mut self, index: u32) -> Option<T> {
        let value = self.slots.get_mut(index as usize)?.take()?;
        self.free.push(index);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, one value is taken for another, or holes are never filled.
    #[test]
    fn numbers_are_used_again_once_they_are_free() {
        let mut slots = Slots::new();
        let (a, b) = (slots.insert('a'), slots.insert('b'));
        assert_eq!(slots.remove(a), Some('a'));
        assert_eq!(slots.remove(a), None);
        assert_eq!((slots.len(), slots.get(a)), (1, None));
        assert_eq!(slots.insert('c'), a);
        assert_eq!((slots.get(a), slots.get(b)), (Some(&'c'), Some(&'b')));
        assert_eq!(slots.get_mut(b), Some(&mut 'b'));
        assert_eq!((slots.len(), slots.get(9)), (2, None));
    }
}
