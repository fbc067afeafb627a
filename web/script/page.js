// Small help on every page; nothing here is needed to use one.
'use strict';
document.getElementById('errors')?.focus();
// Where long work is: its steps as they come, then the page again.
for (const place of document.querySelectorAll('[data-live]')) {
  const stream = new EventSource(place.dataset.live);
  stream.onmessage = (event) => {
    const news = JSON.parse(event.data);
    if (news.state === 'running') { place.textContent = news.words; return; }
    stream.close();
    location.reload();
  };
}
