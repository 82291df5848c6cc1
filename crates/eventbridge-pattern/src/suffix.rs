//! `suffix`: what a text ends with. Its operand is that of [`prefix`](super::prefix).

pub(super) const NAME: &str = "suffix";

#[cfg(test)]
mod tests {
    use crate::ignore_case::Folded;
    use crate::prefix::Affix;

    #[test]
    fn the_empty_suffix_ends_every_text() {
        assert!(Affix::Exact(String::new()).closes("") && Affix::Exact(String::new()).closes("a"));
        assert!(Affix::Folded(Folded::new(".PNG")).closes("a.png"));
        assert!(!Affix::Exact(".png".into()).closes("png"));
    }
}
