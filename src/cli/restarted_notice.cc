#include "cli/restarted_notice.h"

#include "model/catalogue.h"

namespace batchmill::cli {

void tell_restarted(const workspace::FoundJob& job, Console& console) {
  console.tell(
      diagnose(9, SourcePlace{}).with("job", job.record.name).with("log", job.folder.leader_log()));
}

}  // namespace batchmill::cli
