// Lists a folder and plans it by count, as a parallel step does: `plan_files FOLDER MANIFEST`.
// A program of its own for the benchmark, so that it is measured beside `find`.

#include <cstdio>
#include <string>

#include "data/planner.h"
#include "data/sources.h"
#include "os/files_bulk.h"
#include "os/files_posix.h"
#include "os/system_clock.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: plan_files FOLDER MANIFEST_FOLDER\n", stderr);
    return 2;
  }
  batchmill::FilesPosix files;
  batchmill::FilesBulk bulk;
  batchmill::SystemClock clock;
  batchmill::data::PlanRequest request;
  request.input_name = "files";
  request.sources = {batchmill::data::folder_source(argv[1])};
  request.manifest_folder = argv[2];
  const batchmill::TimePoint start = clock.now();
  double first_seconds = -1;
  const auto seconds = [&] { return std::chrono::duration<double>(clock.now() - start).count(); };
  batchmill::data::Planner planner(files, bulk, clock);
  const auto result = planner.run(request, [&](const batchmill::data::PlanProgress&) {
    if (first_seconds < 0) first_seconds = seconds();
    return true;
  });
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return 1;
  }
  std::printf("%llu mini-batches in %.3f s, the first could start after %.3f s\n",
              static_cast<unsigned long long>(result->total.mark.mini_batches), seconds(),
              first_seconds);
  return 0;
}
