/** What the frame shows beside the page, and can wait until the page is on its way: one file. */
export { default as AccountMenu } from './AccountMenu'
export { MenuIcon } from './MenuIcon'
