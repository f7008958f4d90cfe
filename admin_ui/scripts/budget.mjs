/** How much each surface and each route may weigh (gzip -9, kB of 1000 bytes). */
export const BUDGETS = { console: 250, sidebar: 250, simulator: 300, route: 130, chartRoute: 220 }
