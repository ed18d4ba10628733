import chromium from '@sparticuz/chromium';
import { chromium as pw } from 'playwright-core';
const [,, file, prefix, ...opts] = process.argv;
const b = await pw.launch({ args: chromium.args.filter(a=>!['--single-process','--no-zygote','--disable-web-security','--allow-running-insecure-content'].includes(a)), executablePath: await chromium.executablePath() });
const shoot = async (name, ctx, act, full=true) => {
  const c = await b.newContext(ctx); const p = await c.newPage();
  const msgs=[]; p.on('console', m=>msgs.push(m.text())); p.on('pageerror', e=>msgs.push('ERR '+e.message));
  const t=Date.now(); await p.goto('file://'+file); 
  await p.waitForFunction(()=>document.documentElement.dataset.ready==='true',null,{timeout:20000}).catch(()=>msgs.push('not ready'));
  console.log(name,'ready',Date.now()-t);
  if (act) await act(p);
  await p.waitForTimeout(200);
  await p.screenshot({path:`${prefix}-${name}.png`, fullPage: full});
  if(msgs.length) console.log(msgs.slice(0,5)); await c.close();
};
const only = opts;
const want = n => only.length===0||only.includes(n);
if(want('light')) await shoot('light',{viewport:{width:1400,height:1000},colorScheme:'light'});
if(want('dark')) await shoot('dark',{viewport:{width:1400,height:1000},colorScheme:'dark'}, async p=>{ await p.locator('.table-scroll').scrollIntoViewIfNeeded(); await p.locator('.row').nth(4).click(); },false);
if(want('zoom')) await shoot('zoom',{viewport:{width:1400,height:900},colorScheme:'dark'}, async p=>{ await p.locator('.lanes').focus(); for(let i=0;i<7;i++) await p.keyboard.press('+'); await p.locator('#timeline').scrollIntoViewIfNeeded(); const bx=await p.locator('.lanes').boundingBox(); await p.mouse.move(bx.x+600,bx.y+100);},false);
if(want('narrow')) await shoot('narrow',{viewport:{width:400,height:800},colorScheme:'light'});
if(want('print')) { const c=await b.newContext({viewport:{width:1000,height:1300}}); const p=await c.newPage(); await p.goto('file://'+file); await p.waitForTimeout(600); await p.emulateMedia({media:'print'}); await p.evaluate(()=>window.dispatchEvent(new Event('beforeprint'))); await p.screenshot({path:`${prefix}-print.png`,fullPage:true}); await c.close(); }
await b.close();
