import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` talks to the server on this address.
const server = process.env['SLUICE_URL'] ?? 'http://127.0.0.1:8080';

/** What the start page consists of, and other pages share. */
const ofTheStart = (id: string) => /\/src\/lib\/(home|words|ui\/(Bar|StateBadge|words)|jobs\/why)\b/.test(id);

export default defineConfig({
  plugins: [
    svelte({
      // bits-ui and lucide ship runes components; the compiler option `runes` is for our own files only.
      dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : undefined),
    }),
  ],
  build: {
    target: 'es2022',
    // The content security policy of the server allows no data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // One file instead of eight small ones: their headers weigh more than they do.
    rollupOptions: { output: { manualChunks: (id) => (ofTheStart(id) ? 'start' : undefined) } },
  },
  server: { proxy: { '/api': server, '/media': server } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
