//! `suffix`: the end of a String. Its operand is that of [`prefix`](crate::prefix).

pub(crate) const NAME: &str = "suffix";

#[cfg(test)]
mod tests {
    use crate::ignore_case::IgnoreCase;
    use crate::prefix::Affix;

    #[test]
    fn every_string_has_the_empty_suffix() {
        assert!(Affix::Exact(String::new()).is_suffix_of("") && Affix::Exact(String::new()).is_suffix_of("a"));
        assert!(Affix::IgnoreCase(IgnoreCase::new(".PNG")).is_suffix_of("a.png"));
        assert!(!Affix::Exact(".png".into()).is_suffix_of("png"));
    }
}
