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
