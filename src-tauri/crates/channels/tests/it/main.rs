//! The connectors against real servers and the simulator.
