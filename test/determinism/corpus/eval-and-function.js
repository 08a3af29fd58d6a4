// Code made at run time is metered as any other, and sees what it should.
var outerVar = 1;
let outerLet = 2;
show(eval("outerVar + outerLet"), (0, eval)("typeof outerLet"), eval("let x = 5; x"), eval("'use strict'; var hidden = 1; hidden"), typeof hidden);
eval("var leaked = 7; function declared() { return leaked; }");
show(leaked, declared(), Function("return typeof leaked")(), new Function("...a", "return a.length")(1, 2, 3), Function().toString());
const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor;
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
show([...new GeneratorFunction("yield 1; yield 2")()], AsyncFunction("return 1") instanceof Function, eval(""), eval({ a: 1 }), eval("({a:1})"), eval("{a:1}"), eval("1;;"), eval("if(0){}"));
for (const source of ["1+", "let let = 1", "var a; let a", "return 1", "await 1", "yield = 1", "import('x')", "import x from 'y'", "export {}", "new.target", "super()", "a => { 'use strict'; with(a){} }", "'use strict'; 010", "`${", "/(/", "\\u0061 = 5", "<!-- html\n3", "#!x", "0++", "for (let of of []) ;", "async () => await 1", "({a(){super.x}})", "class { }", "'\u2028'", "x\u2028y"]) {
  try { show(source, typeof eval(source)); } catch (error) { show(source, error.name, error.message); }
}
let sum = 0;
for (let i = 0; i < 300; i++) sum += eval(`(function(){ const v${i} = ${i}; return v${i} * 2; })()`);
show(sum, new Error("here").stack, eval("new Error('evaluated').stack"));
const imported = (() => { try { return eval("import('./x.js')"); } catch (error) { return error.message; } })();
return Promise.resolve(imported).then(show, (error) => show(error.name, error.message));
