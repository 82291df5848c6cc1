//! The formats of registries say the same: to each other, and to judges that others have written.

mod agree;
mod case;
mod outside;
mod zoo;
