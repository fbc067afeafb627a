// Small help on every page; nothing here is needed to use one.
'use strict';
document.getElementById('errors')?.focus();
