/** Of the menu; all of them come in one file, beside the entry. */
export { DownloadOutlined as default } from '@ant-design/icons'
