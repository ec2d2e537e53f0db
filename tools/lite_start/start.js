// The first minute of the browser edition: something to read until JupyterLab stands, and a word on Python: that it is
// on its way, or that it cannot be had and why, with what to do then.
//
// Python runs in a worker of JupyterLite's, which says nothing when it does not come. So this script, the first one on the
// page, asks for Pyodide's first file itself, and listens to what the worker answers to `initialize`. Only an answer that
// failed, or none at all, is a fault: what is slow but arrives is waited for. Written plainly, so that an old browser
// can read it.

(function () {
  "use strict";
  var own = document.currentScript;
  var pyodide = new URL(own.dataset.pyodide, own.src).href;
  var web = own.dataset.web && new URL(own.dataset.web, own.src).href;
  var opened = location.href;
  var NO_ANSWER = 13000; // of a server that says nothing at all; how long a download takes does not matter
  var NO_START = 15000; // of JupyterLab, counted from the last of its files that came
  var state = "coming"; // "coming", "missing" or "here"
  var closed = false;

  // --- Python

  function ask() {
    return fetch(pyodide).then(function (answer) {
      if (!answer.ok) throw new Error("the answer was " + answer.status);
    });
  }

  function later(milliseconds) {
    return new Promise(function (done) {
      setTimeout(done, milliseconds);
    });
  }

  function look() {
    if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
      missing("This browser is too old for it, or WebAssembly is switched off.");
      return;
    }
    var answered = false;
    ask()
      .catch(function () {
        return later(1500).then(ask);
      })
      .then(
        function () {
          answered = true;
          if (state === "missing") withdraw(); // it was only slow
        },
        function () {
          answered = true;
          missing(whence() + " cannot be reached from here.");
        }
      );
    // A connection that is neither refused nor answered. The second wait is for an answer that is here and not yet read.
    later(Math.max(5000, NO_ANSWER - performance.now()))
      .then(function () {
        return later(1000);
      })
      .then(function () {
        if (!answered) missing(whence() + " does not answer.");
      });
  }

  function whence() {
    var host = new URL(pyodide).host;
    return host === location.host ? "The folder that holds it" : "It comes from " + host + ", which";
  }

  // Listen in on JupyterLite's worker: it answers `initialize` when Python is there, or with what went wrong.
  function listen() {
    var Original = window.Worker;
    if (typeof Original !== "function") return;
    function Watched(address, options) {
      var worker = new Original(address, options);
      var post = worker.postMessage;
      var first;
      worker.postMessage = function (message) {
        if (message && Array.isArray(message.path) && message.path[0] === "initialize") {
          first = message.id;
          if (state === "here") become("coming"); // another page's Python, or this one's again
        }
        return post.apply(worker, arguments);
      };
      worker.addEventListener("message", function (event) {
        var said = event.data || {};
        if (first === undefined || said.id !== first) return;
        first = undefined;
        if (said.name === "throw") {
          missing(
            whence() + " did not give all that is needed.",
            said.value && said.value.value && said.value.value.message
          );
        } else {
          here();
        }
      });
      return worker;
    }
    Watched.prototype = Original.prototype;
    window.Worker = Watched;
  }

  // --- JupyterLab

  // Wait until a page of the book stands, or until it is clear that none will.
  function wait() {
    performance.setResourceTimingBufferSize(5000);
    var before = 0;
    var since = 0;
    var timer = setInterval(function () {
      var loaded = performance.getEntriesByType("resource").length;
      if (loaded !== before) since = performance.now();
      before = loaded;
      var quiet = performance.now() - since;
      var stands = document.getElementById("main"); // JupyterLab's own frame
      var given_up = quiet > (stands ? 5000 : NO_START); // a launcher, a page that is not there, or nothing at all
      if (!document.querySelector(".jp-Notebook .jp-Cell") && !given_up) return;
      clearInterval(timer);
      if (!stands) noStart();
      document.getElementById("book-waiting").remove();
      if (state === "coming") coming();
    }, 200);
  }

  function noStart() {
    say(
      "The page could not be opened.",
      "JupyterLab did not start. A part of it may have been kept out by a content " +
        "blocker or have got lost on the way, or this browser is too old.",
      true
    );
  }

  // --- what is said

  function add(parent, name, text, more) {
    var node = Object.assign(document.createElement(name), more || {});
    if (text) node.textContent = text;
    return parent.appendChild(node);
  }

  function coming() {
    var line = add(document.body, "div", "", { id: "book-coming", className: "book-python" });
    line.setAttribute("role", "status");
    setTimeout(function () {
      line.textContent = "Python is on its way. You can read meanwhile.";
    }, 100);
  }

  function become(now) {
    state = now;
    document.documentElement.dataset.python = now;
  }

  function here() {
    become("here");
    withdraw();
  }

  function withdraw() {
    ["book-coming", "book-no-python"].forEach(function (id) {
      var node = document.getElementById(id);
      if (node) node.remove();
    });
    if (state === "missing") {
      become("coming");
      coming();
    }
  }

  function missing(reason, detail) {
    if (state === "here" || state === "missing") return;
    become("missing");
    if (detail) console.warn("Python could not be loaded:", detail);
    say(
      "Python could not be loaded, so cells cannot be run.",
      reason +
        " There may be no connection, or a content blocker " +
        "or a firewall keeps it out, or this browser is too old. Everything that is stored in the page can be read: text, " +
        "figures and results."
    );
  }

  function say(sentence, why, all) {
    if (closed || document.getElementById("book-no-python")) return;
    if (!document.body) {
      document.addEventListener("DOMContentLoaded", function () {
        say(sentence, why, all);
      });
      return;
    }
    var line = document.getElementById("book-coming");
    if (line) line.remove();
    var notice = document.createElement("section");
    notice.id = "book-no-python";
    notice.className = "book-python";
    notice.tabIndex = -1;
    notice.setAttribute("aria-labelledby", "book-no-python-says");
    // It is in the page before it is filled: only then does a screen reader say what appears in it.
    document.body.prepend(notice);
    var words = add(notice, "div");
    words.setAttribute("role", "alert");
    add(words, "h2", sentence, { id: "book-no-python-says" });
    add(words, "p", why);
    var row = add(notice, "p", "", { className: "book-do" });
    var again = add(row, "button", "Try again", { type: "button" });
    var link = web && add(row, "a", "Read this page in the web edition", { href: inTheWebEdition() });
    if (link) {
      link.addEventListener("focus", function () {
        link.href = inTheWebEdition();
      });
      link.addEventListener("pointerenter", function () {
        link.href = inTheWebEdition();
      });
    }
    var close = add(row, "button", web ? "Close" : "Close, and read the stored page", { type: "button" });
    var tried = add(row, "span");
    tried.setAttribute("role", "status");
    again.addEventListener("click", function () {
      if (again.getAttribute("aria-disabled")) return;
      if (all) return reload();
      again.setAttribute("aria-disabled", "true");
      tried.textContent = "Trying …";
      Promise.race([
        ask(),
        later(NO_ANSWER).then(function () {
          throw new Error("no answer");
        }),
      ]).then(
        function () {
          tried.textContent = "It answers. The page is loaded anew.";
          reload();
        },
        function () {
          again.removeAttribute("aria-disabled");
          tried.textContent = "It still cannot be reached.";
        }
      );
    });
    function reload() {
      if (location.href === opened) location.reload();
      else location.assign(opened);
    }
    function shut() {
      closed = true;
      notice.remove();
    }
    close.addEventListener("click", shut);
    notice.addEventListener("keydown", function (event) {
      event.stopPropagation(); // JupyterLab's shortcuts are not meant
      if (event.key === "Escape") shut();
    });
    // Whoever is nowhere yet begins here; who is writing in a cell goes on.
    if (!document.activeElement || document.activeElement === document.body) notice.focus();
  }

  function inTheWebEdition() {
    var tab = document.querySelector("#jp-main-dock-panel .lm-DockPanel-tabBar .lm-mod-current .lm-TabBar-tabLabel");
    var named = new URL(opened).searchParams.get("path");
    var page = [tab && tab.textContent, named].filter(function (name) {
      return /\.ipynb$/.test(name || "");
    })[0];
    return page ? new URL("notebooks/" + page.replace(/^.*\//, "").replace(/ipynb$/, "html"), web).href : web;
  }

  become(state);
  listen();
  look();
  document.addEventListener("DOMContentLoaded", wait);
})();
