use std::io::BufRead;
fn main() {
    for path in std::env::args().skip(1) {
        let mut n = [0usize; 4];
        let mut slow = (0.0, String::new(), 0);
        for line in std::io::BufReader::new(std::fs::File::open(&path).unwrap()).lines() {
            let l: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let t = std::time::Instant::now();
            let (v, w, used) = event_contract::compat::probe(&l["writer"], &l["reader"], l["draft"].as_str().unwrap().parse().unwrap());
            let t = t.elapsed().as_secs_f64();
            if t > slow.0 { slow = (t, l["id"].to_string(), used); }
            let Some(known) = l["contained"].as_bool() else { if !v.starts_with("undec") {println!("null {} {v} {}", l["id"], l["label"])}; continue };
            n[0] += 1;
            match (v.as_str(), known) {
                ("contained", true) | ("broken", false) => n[1] += 1,
                ("contained" | "broken", _) => { n[2] += 1; println!("WRONG {} {v} {w:?}\n   {line}", l["id"], line = &l.to_string()[..l.to_string().len().min(700)]) }
                _ => { n[3] += 1; println!("{} {known} {v}\n   {line}", l["id"], line = &l.to_string()[..l.to_string().len().min(500)]) }
            }
        }
        println!("{path}: known {} right {} wrong {} undecided {} slowest {slow:?}", n[0], n[1], n[2], n[3]);
    }
}
