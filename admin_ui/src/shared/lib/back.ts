import { useLocation, useNavigate } from 'react-router'

/** One step back; to `otherwise` where the page is the first that this tab has shown. */
export function useBack(otherwise: string): () => void {
  const navigate = useNavigate()
  const here = useLocation()
  return () => void (here.key === 'default' ? navigate(otherwise) : navigate(-1))
}
