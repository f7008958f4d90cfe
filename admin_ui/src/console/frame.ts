/** What the frame shows beside the page, and can wait until the page is on its way: one file. */
export { default as AccountMenu } from './AccountMenu'
export { Bell, DemoPill, KeysButton } from './Corner'
export { Denied } from './Denied'
export { Menu } from './Menu'
