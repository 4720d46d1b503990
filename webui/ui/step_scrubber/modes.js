// The tab shows one of two things: a recording, or forward diffusion, which is a component of its own below this one.

function forwardDiffusion() {
  return document.getElementById("forward-diffusion");
}

/** "recording" or "forward". */
function showMode(mode) {
  document.documentElement.dataset.desk = mode;
  part("scrubber").classList.toggle("forward", mode === "forward");
  part("to-recording").setAttribute("aria-pressed", String(mode === "recording"));
  part("to-forward").setAttribute("aria-pressed", String(mode === "forward"));
  player.pause();
}

part("to-recording").onclick = () => showMode("recording");
part("to-forward").onclick = () => showMode("forward");
showMode("recording");
