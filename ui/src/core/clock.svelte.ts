// The present for waiting times and dates, moved on twice a minute.

let present = $state(Date.now());

setInterval(() => (present = Date.now()), 30_000);

export const now = (): number => present;
