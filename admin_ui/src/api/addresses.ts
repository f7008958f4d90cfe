/** Addresses that a link or a picture leads to, outside of what is fetched as JSON. */
import { compact } from './client'
import type { AuditQuery } from './types'

export const pictureAddress = (mediaId: number): string => `/api/v1/broadcasts/media/${mediaId}`

export const tableAddress = (id: number): string => `/api/v1/broadcasts/${id}/recipients.csv`

export const exportAddress = (id: number): string => `/api/v1/handovers/${id}/export`

export const exportedAddress = (id: number): string => `/api/v1/exports/${id}/file`

export const mediaAddress = (id: number): string => `/api/v1/messages/media/${id}`

/** The trail as a table, under the same filters. */
export function auditTable(query: AuditQuery): string {
  const given = Object.entries(compact(query)).filter(([name]) => name !== 'limit' && name !== 'cursor')
  return `/api/v1/audit/export.csv?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}
