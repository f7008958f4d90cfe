/**
 * How much may be fetched (gzip -9, kB of 1000 bytes): by each surface, by all pages together (`shared`), and by one page
 * beyond that. The simulator, of the demo alone, takes the files that pages share.
 */
export const BUDGETS = { console: 250, sidebar: 250, simulator: 390, shared: 170, route: 20, chartRoute: 200 }
