//! Slots, holds, routes, and the calendar formats on the way out.
