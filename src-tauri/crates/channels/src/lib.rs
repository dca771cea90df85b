//! One folder per network behind one small trait. Knows no database.
