#include "base/clock.h"
#include "domain/insight/insight_book.h"
#include "page/app.h"
#include "page/page_job.h"

#include <inttypes.h>
#include <string.h>

/* A sweep of the city begun from a page. */

static void tell_step(void *context, const char *step)
{
    static const struct {
        const char *step, *words;
    } steps[] = {{"load", "正在读取全市事实"},
                 {"evaluate", "正在逐人逐单位核对"},
                 {"store", "正在写入结果"}};
    const char *words = "正在核对";
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        words = strcmp(step, steps[i].step) == 0 ? steps[i].words : words;
    page_job_step(context, words);
}

static enum err sweep(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    const struct page_options *options = &job->options;
    int32_t fixed_day = job->env.fixed_today_day;
    struct sweep_request request = {
        .as_of_day = fixed_day != ABSENT_I32 ? fixed_day : clock_city_day(clock_now_ms()),
        .known_at_ms = clock_now_ms(),
        .mode = SWEEP_STORE,
    };
    struct sweep_report *report;
    TRY(incentive_sweep(&job->env, options->vocab, options->policy, &request, &job->arena,
                        &report, tell_step, job, fault));
    page_job_step(job, "正在汇总");
    int64_t book_id;
    TRY(insight_book_count(&job->env, options->vocab, options->policy, options->board,
                           request.as_of_day, &book_id, fault));
    const char *format = job->lang == PAGE_EN
                             ? "new %" PRId64 ", changed %" PRId64 ", ended %" PRId64
                               ", unchanged %" PRId64
                             : "新增 %" PRId64 "，变更 %" PRId64 "，结束 %" PRId64
                               "，不变 %" PRId64;
    *ret_message = str_from(text_in(&job->arena, format, report->new_count,
                                    report->changed_count, report->ended_count,
                                    report->unchanged_count));
    return ERR_OK;
}

/* Whoever asks while a sweep runs is shown that one. */
enum err page_found_sweep(struct page *page)
{
    return page_job_go(page, "sweep", sweep);
}
