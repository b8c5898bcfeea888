import { mount } from 'svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/panels.css';
import './styles/forms.css';
import { apps } from './apps';
import { register } from './lib/app';
import Shell from './lib/shell/Shell.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

register(apps);

export default mount(Shell, { target });
