// Small help on every page; nothing here is needed to use one.
'use strict';
document.getElementById('errors')?.focus();
// Where long work is: its steps as they come, then the page again.
for (const place of document.querySelectorAll('[data-live]')) {
  const stream = new EventSource(place.dataset.live);
  const bar = place.parentElement.querySelector('progress');
  stream.onmessage = (event) => {
    const news = JSON.parse(event.data);
    if (news.state !== 'running') { stream.close(); location.reload(); return; }
    place.textContent = news.words;
    if (bar && news.permille >= 0) bar.value = news.permille;
  };
  // It ended before we came: the page tells how.
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
  };
}
// A file that is too large is told before it is sent.
for (const input of document.querySelectorAll('[data-mib-max]')) {
  input.addEventListener('change', () => {
    const size = input.files[0]?.size ?? 0;
    input.setCustomValidity(size > input.dataset.mibMax * 1048576 ? input.previousElementSibling.textContent : '');
    input.reportValidity();
  });
}
// What waits, as it changes: the same part of the page again.
for (const place of document.querySelectorAll('[data-fresh]')) {
  const refresh = async () => {
    const answer = await fetch(location.href, { credentials: 'same-origin' });
    if (!answer.ok) return;
    const part = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(place.id);
    if (!part) return;
    place.dataset.at = part.dataset.at;
    if (place.innerHTML !== part.innerHTML) place.replaceChildren(...part.childNodes);
  };
  const stream = new EventSource(place.dataset.fresh);
  stream.onmessage = (event) => {
    if (JSON.parse(event.data).at > Number(place.dataset.at)) setTimeout(refresh, 300);
  };
  // Another process of the same city may have changed it.
  setInterval(() => { if (!document.hidden) refresh(); }, 60000);
}
// Single keys of a desk, outside of fields, unless they are switched off here.
const keys = document.querySelector('[data-keys]');
if (keys) {
  keys.checked = localStorage.getItem('keys') !== 'off';
  keys.addEventListener('change', () => localStorage.setItem('keys', keys.checked ? 'on' : 'off'));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.ctrlKey) { document.getElementById('decide')?.requestSubmit(); return; }
    const inField = event.target.closest('textarea, select, input:not([type=radio]):not([type=checkbox])');
    if (!keys.checked || inField || event.ctrlKey || event.altKey || event.metaKey) return;
    const place = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!place || place.disabled) return;
    event.preventDefault();
    place.click();
    place.focus();
  });
}
