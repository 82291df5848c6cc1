//! Elements of arrays in an event, for array consistency.

/// Identifies the innermost array element around a value. [`NO_ELEMENT`] is the position outside of all arrays of objects.
pub(crate) type ElementId = u32;

pub(crate) const NO_ELEMENT: ElementId = 0;

/// The array elements of an event that hold objects or arrays.
#[derive(Debug, Default)]
pub(crate) struct Elements {
    elements: Vec<Element>,
    arrays: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Element {
    parent: ElementId,
    pub(crate) array: u32,
    pub(crate) index: u32,
}

impl Elements {
    pub(crate) fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Returns the id of a new array.
    pub(crate) fn add_array(&mut self) -> u32 {
        self.arrays += 1;
        self.arrays
    }

    pub(crate) fn add_element(&mut self, parent: ElementId, array: u32, index: u32) -> ElementId {
        self.elements.push(Element { parent, array, index });
        u32::try_from(self.elements.len()).unwrap_or(u32::MAX)
    }

    /// Returns an element and those around it, from the inside to the outside.
    pub(crate) fn ancestors(&self, id: ElementId) -> impl Iterator<Item = Element> + '_ {
        let element = |id: ElementId| id.checked_sub(1).and_then(|index| self.elements.get(index as usize)).copied();
        std::iter::successors(element(id), move |inner| element(inner.parent))
    }
}
