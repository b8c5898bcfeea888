/** Whether the page is connected to the server. */
import type { Status } from '../events/source';

class ConnectionState {
  stream = $state<Status>('opening');
  online = $state(navigator.onLine);

  constructor() {
    addEventListener('online', () => (this.online = true));
    addEventListener('offline', () => (this.online = false));
  }
}

export const connection = new ConnectionState();
