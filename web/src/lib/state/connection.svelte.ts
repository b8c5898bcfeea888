/** Whether the page hears the server, and what happens when it does again. */
export type Connection = 'opening' | 'open' | 'lost';

class ConnectionState {
  stream = $state<Connection>('opening');
  online = $state(navigator.onLine);

  constructor() {
    addEventListener('online', () => (this.online = true));
    addEventListener('offline', () => (this.online = false));
  }
}

export const connection = new ConnectionState();
