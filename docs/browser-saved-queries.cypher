// 政策知识图谱：二十四问 · policy-kg, two dozen questions
// 说明与答案见 docs/cypher.md。Neo4j Browser：把本文件拖进 Favorites；设置里打开 multi statement query editor 可一次运行，或逐句运行。

// 1 · 政策分析 · 国家知识产权局牵头、涉及海关总署的任务有哪些？
MATCH (t:Task)-[:LED_BY]->(:Department {name:'国家知识产权局'}), (t)-[:INVOLVES]->(:Department {name:'海关总署'}) RETURN t;

// 2 · 政策分析 · 国家知识产权局和海关总署都在名单里、但没有写明谁牵头的任务？
MATCH (t:Task)-[:INVOLVES]->(:Department {name: '国家知识产权局'}),
      (t)-[:INVOLVES]->(:Department {name: '海关总署'})
WHERE NOT EXISTS { MATCH (t)-[:LED_BY]->(:Department) }
RETURN t.id AS id, t.clause AS clause ORDER BY id;

// 3 · 政策分析 · 海关总署牵头或单独负责哪些任务？
MATCH (t:Task)-[:LED_BY]->(:Department {name: '海关总署'})
MATCH (t)-[r:INVOLVES {role: 'sole'}]->(:Department {name: '海关总署'})
RETURN t.id AS id, r.role AS role, r.quote AS quote ORDER BY id;

// 4 · 政策分析 · 2019 年推进计划里公安部参与的任务，由谁牵头？
MATCH (t:Task)-[:IN_DOCUMENT]->(:Document {id: 'ip-2019'}),
      (t)-[:INVOLVES {role: 'participant'}]->(:Department {name: '公安部'}),
      (t)-[:LED_BY]->(d:Department)
RETURN t.id AS id, d.name AS lead ORDER BY id, lead;

// 5 · 政策分析 · 哪五个部门牵头（含单独负责）的任务最多？
MATCH (t:Task)-[:LED_BY]->(d:Department)
RETURN d.name AS name, count(DISTINCT t) AS tasks ORDER BY tasks DESC, name LIMIT 5;

// 6 · 政策分析 · 每份文件里，有多少任务的名单是开放的（等、等部门）？
MATCH (t:Task)-[:IN_DOCUMENT]->(d:Document)
RETURN d.id AS document, count(t) AS tasks,
       sum(CASE WHEN t.open THEN 1 ELSE 0 END) AS open ORDER BY document;

// 7 · 知识产权咨询 · 提到“商标”的任务，由哪些部门牵头？
MATCH (t:Task)-[:LED_BY]->(d:Department)
WHERE t.text CONTAINS '商标'
RETURN d.name AS name, count(t) AS tasks ORDER BY tasks DESC, name LIMIT 5;

// 8 · 知识产权咨询 · 提到“海外”的任务有哪些，谁牵头？
MATCH (t:Task) WHERE t.text CONTAINS '海外'
OPTIONAL MATCH (t)-[:LED_BY]->(d:Department)
RETURN t.id AS id, d.name AS lead ORDER BY id, lead LIMIT 8;

// 9 · 知识产权咨询 · “商业秘密保护工程”有哪些举措？
MATCH (m:Measure)-[:MEASURE_OF]->(p:Project {name: '商业秘密保护工程'})
RETURN m.ordinal AS n, m.text AS text ORDER BY n;

// 10 · 知识产权咨询 · 八项主要指标 2025 年的目标是多少？
MATCH (i:Indicator)
RETURN i.name AS name, i.baselineValue AS baseline, i.targetValue AS target, i.unit AS unit
ORDER BY i.ordinal;

// 11 · 知识产权咨询 · 国家知识产权局内设机构各负责几项任务（前五）？
MATCH (t:Task)-[:INVOLVES]->(u:Department)-[:PART_OF*1..2]->(:Department {name: '国家知识产权局'})
RETURN u.name AS unit, count(DISTINCT t) AS tasks ORDER BY tasks DESC, unit LIMIT 5;

// 12 · 知识产权咨询 · 哪些任务能定出完成日期（最早五项）？
MATCH (t:Task) WHERE t.due IS NOT NULL
RETURN t.id AS id, t.due AS due, t.deadline AS words ORDER BY due, id LIMIT 5;

// 13 · 数据工程 · 每种节点有多少？
MATCH (n:PolicyKg) WITH [l IN labels(n) WHERE l <> 'PolicyKg'][0] AS label
RETURN label, count(*) AS nodes ORDER BY label;

// 14 · 数据工程 · 每种关系有多少？
MATCH (:PolicyKg)-[r]->(:PolicyKg) RETURN type(r) AS type, count(*) AS edges ORDER BY type;

// 15 · 数据工程 · 哪些任务在两份文件里都有依据（前五）？
MATCH (t:Task)-[:REPEATED_IN]->(d:Document)
RETURN t.id AS id, d.id AS also, size(t.quotes) AS quotes ORDER BY id LIMIT 5;

// 16 · 数据工程 · 责任的每处引文都和起止位置等长吗？
MATCH ()-[r:INVOLVES]->()
RETURN count(*) AS edges, sum(CASE WHEN size(r.quote) = r.end - r.start THEN 0 ELSE 1 END) AS wrong;

// 17 · 数据工程 · “国家市场监督管理总局”在图里叫什么？
MATCH (d:Department) WHERE d.official = '国家市场监督管理总局' OR '国家市场监督管理总局' IN d.alias
RETURN d.id AS id, d.name AS name;

// 18 · 数据工程 · 任务 ip-2019-46 在哪份文件、哪一节、原文哪里？
MATCH (t:Task {id: 'ip-2019-46'})-[:IN_DOCUMENT]->(d:Document), (t)-[:IN_SECTION]->(s:Section)
RETURN d.id AS document, s.title AS section, t.start AS start, t.end AS stop;

// 19 · 网络研究 · 哪两个部门共同出现的任务最多（前五对）？
MATCH (a:Department)<-[:INVOLVES]-(t:Task)-[:INVOLVES]->(b:Department)
WHERE a.id < b.id
RETURN a.name AS a, b.name AS b, count(DISTINCT t) AS tasks ORDER BY tasks DESC, a, b LIMIT 5;

// 20 · 网络研究 · 哪些部门的合作对象最多（前五）？
MATCH (a:Department)<-[:INVOLVES]-(:Task)-[:INVOLVES]->(b:Department)
WHERE a.id <> b.id
RETURN a.name AS name, count(DISTINCT b) AS partners ORDER BY partners DESC, name LIMIT 5;

// 21 · 网络研究 · 谁常带着谁：牵头者与参与者的五大组合？
MATCH (lead:Department)<-[:LED_BY]-(t:Task)-[:INVOLVES {role: 'participant'}]->(p:Department)
RETURN lead.name AS lead, p.name AS participant, count(DISTINCT t) AS tasks
ORDER BY tasks DESC, lead, participant LIMIT 5;

// 22 · 网络研究 · 海关总署和教育部之间隔着谁（共同的合作对象，前五）？
MATCH (:Department {name: '海关总署'})<-[:INVOLVES]-(:Task)-[:INVOLVES]->(m:Department),
      (m)<-[:INVOLVES]-(:Task)-[:INVOLVES]->(:Department {name: '教育部'})
WHERE m.name <> '海关总署' AND m.name <> '教育部'
RETURN DISTINCT m.name AS between ORDER BY between LIMIT 5;

// 23 · 网络研究 · 哪些部门只参与、从不牵头（任务最多的五个）？
MATCH (t:Task)-[:INVOLVES]->(d:Department)
WHERE NOT EXISTS { MATCH (:Task)-[:LED_BY]->(d) }
RETURN d.name AS name, count(DISTINCT t) AS tasks ORDER BY tasks DESC, name LIMIT 5;

// 24 · 网络研究 · 一项任务平均点名几个部门，最多几个？
MATCH (t:Task)-[:INVOLVES]->(d:Department)
WITH t, count(DISTINCT d) AS n
RETURN count(t) AS tasks, sum(n) AS named, max(n) AS most;
