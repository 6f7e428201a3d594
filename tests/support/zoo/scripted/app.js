document.getElementById("root").innerHTML = `
  <nav><a href="/prices">Prices</a></nav><h1>Free slots today</h1>
  <p>Ten o'clock has four places left, noon has two, and the evening is still empty. Choose a time and your name is on the list before the kettle boils.</p>
  <form action="/book" method="post"><input name="name" aria-label="Name"><button>Book</button></form>`;
