//! Appointment wishes.
