#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/progress.h"
#include "workspace/find_job.h"
#include "workspace/follow_file.h"
#include "workspace/parts.h"

namespace batchmill::workspace {

struct LogLine {
  std::string step;  // empty: of the job's execution log
  std::string text;
};

// What happened since the last look.
struct JobNews {
  std::vector<LogLine> lines;
  std::vector<JobEvent> events;
  std::optional<JobProgress> progress;  // if it was renewed
  JobRecord record;
  bool leader_alive = false;
  bool finished = false;  // the watched job or step has ended and everything of it was told
  bool is_idle() const { return lines.empty() && events.empty() && !progress; }
};

// Follows a job by its files alone (docs/formats/progress.md); the leader does not know of it. A
// job that has ended is told from its start, as if it ran now.
class JobWatch {
 public:
  // `step`: empty for the whole job. `from_now`: only what comes from here on (after a resume).
  JobWatch(JobFolder folder, std::string step, bool from_now, Parts& parts);

  Result<JobNews> look();

 private:
  void follow_steps(const JobRecord& record);
  void read_lines(bool to_the_end, JobNews& news);
  void read_events(bool to_the_end, JobNews& news);
  void read_progress(JobNews& news);
  bool has_ended(const JobNews& news) const;

  JobFolder folder_;
  std::string step_;
  bool from_now_;
  Parts& parts_;
  std::unique_ptr<JobStore> store_;
  FileFollower events_, execution_;
  std::map<std::string, FileFollower> step_logs_;
  std::string last_progress_;
  bool end_was_told_ = false;  // the last status event of what is watched was a final one
};

}  // namespace batchmill::workspace
