//! Probe.
use std::io::BufRead;
use event_contract::compat::{Question, Verdict};
fn main() {
    let quiet = std::env::var("Q").is_ok();
    for path in std::env::args().skip(1) {
        let mut n = [0usize; 4];
        let mut slow = (0.0, String::new());
        let mut times = vec![];
        let mut nf = 0;
        for line in std::io::BufReader::new(std::fs::File::open(&path).unwrap()).lines() {
            let l: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let t = std::time::Instant::now();
            let v = Question::new(&l["writer"], &l["reader"]).draft(l["draft"].as_str().unwrap().parse().unwrap()).ask();
            let t = t.elapsed().as_secs_f64();
            times.push(t);
            if t > slow.0 { slow = (t, l["id"].to_string()); }
            if t > 0.5 { println!("SLOW {t} {}", l["id"]); }
            let short = |l: &serde_json::Value| { let l = l.to_string(); l[..l.char_indices().take(900).last().unwrap().0].to_string() };
            let say = match &v { Ok(Verdict::Undecided{reason}) => format!("undecided {reason}"), Ok(Verdict::Broken{witness, findings}) => {if findings.iter().any(|f| f.kind.id()=="rejected") {nf+=1; if !quiet {println!("REJ {} {}", l["id"], short(&l))}}; format!("broken {}", witness.document())}, Ok(v) => v.as_str().into(), Err(e) => format!("error {e}") };
            let Some(known) = l["contained"].as_bool() else { if !quiet && !say.starts_with("undec") {println!("null {} {say} {}", l["id"], l["label"])}; continue };
            n[0] += 1;
            match (&v, known) {
                (Ok(Verdict::Contained), true) | (Ok(Verdict::Broken{..}), false) => n[1] += 1,
                (Ok(Verdict::Contained | Verdict::Broken{..}), _) => { n[2] += 1; println!("WRONG {} {say}\n   {}", l["id"], short(&l)) }
                _ => { n[3] += 1; println!("{} {known} {say}\n   {}", l["id"], short(&l)) }
            }
        }
        times.sort_by(f64::total_cmp);
        println!("{path}: known {} right {} wrong {} undecided {} slowest {slow:?} median {:.6} p99 {:.6} rejected {nf}", n[0], n[1], n[2], n[3], times[times.len()/2], times[times.len()*99/100]);
    }
}
