/** What an owner is called: an account by its name, the server and the one person of a machine by words. */
import { t } from '../manage/text';

export function ownerName({ owner, owner_name }: { owner: string; owner_name?: string | null | undefined }): string {
  if (owner_name) return owner_name;
  return owner === ':system' ? t('admin.storage.system') : owner === 'local' ? t('admin.storage.local') : owner;
}
